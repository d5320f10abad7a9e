# The report in a container: docs/schedules.md has the commands.
FROM python:3.12.12-slim-bookworm

# Chromium prints the PDF; a slim image has no fonts. Debian keeps one version of a package only, so
# one that is pinned could not be built next month.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends chromium fonts-liberation make \
    && rm -rf /var/lib/apt/lists/*

# Not root. The container is Chromium's sandbox: within one it may not make its own.
# hadolint ignore=SC2016
RUN echo 'export CHROMIUM_FLAGS="$CHROMIUM_FLAGS --no-sandbox"' > /etc/chromium.d/container \
    && useradd --create-home --uid 1000 revkit \
    && install --directory --owner revkit /opt/revkit /data /reports
USER 1000
WORKDIR /opt/revkit
ENV PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1

# What the lock names is installed anew only when the lock changes.
COPY --chown=1000 Makefile requirements.txt ./
RUN make .venv/.locked
COPY --chown=1000 . .
RUN make setup

VOLUME ["/data", "/reports"]
ENTRYPOINT ["/opt/revkit/.venv/bin/revkit"]
CMD ["report", "--data", "/data", "--out", "/reports/latest"]
