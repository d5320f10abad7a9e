# The report in a container: docs/schedules.md has the commands.
FROM python:3.12-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends chromium make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/revkit
COPY . .
RUN make setup
VOLUME ["/data", "/reports"]
ENTRYPOINT ["/opt/revkit/.venv/bin/revkit"]
CMD ["report", "--data", "/data", "--out", "/reports/latest"]
