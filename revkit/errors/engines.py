"""Errors about the databases that tables are read from."""

from __future__ import annotations

from collections.abc import Collection

from revkit.errors.base import RevkitError, did_you_mean, listed


class EngineError(RevkitError, ConnectionError):
    """A database that cannot be reached or used."""

    @classmethod
    def refused(cls, where: str, *, problem: str) -> EngineError:
        """Report a failed connection; ``problem`` is the driver's message."""
        return cls(
            f"{where} cannot be reached: {problem}. Check that the server runs, and the host, "
            "port, user and database of the address."
        )

    @classmethod
    def query_failed(cls, where: str, *, problem: str) -> EngineError:
        """Report a query that failed while it ran; ``problem`` is the engine's message."""
        place = f"{where}: a" if where else "A"
        return cls(
            f"{place} query failed while it ran: {problem.rstrip('.')}. Check that the database "
            "still runs and that memory and disk suffice, then try again."
        )

    @classmethod
    def no_driver(cls, where: str, *, package: str, extra: str) -> EngineError:
        """Report a database whose Python package is not installed."""
        return cls(
            f"{where} needs the package {package}, which is not installed here. "
            f"Install it: pip install 'revkit[{extra}]'"
        )

    @classmethod
    def no_such_kind(cls, where: str, *, kind: str, known: Collection[str]) -> EngineError:
        """Report an address of an unknown kind of database."""
        kinds = ", ".join(f"{name}://" for name in known)
        return cls(
            f"{where} begins with {kind}://.{did_you_mean(kind, known)} rk.load knows {kinds} "
            "addresses; of any other engine that Ibis speaks to, pass the Ibis tables to "
            "rk.Dataset."
        )

    @classmethod
    def no_schema(cls, schema: str, *, where: str, found: Collection[str]) -> EngineError:
        """Report a schema that the database does not have."""
        return cls(
            f"{where} has no schema {schema!r}; it has: {listed(found)}."
            f"{did_you_mean(schema, found)} Say which in the address: ?schema=name"
        )

    @classmethod
    def other_spark(cls, wanted: str, *, running: str) -> EngineError:
        """Report a second Spark master in one process, which Spark does not allow."""
        return cls(
            f"{wanted} was asked for, but this process runs Spark on {running} already, and "
            "Spark allows one. Pass the session itself, rk.load(spark), or stop it first."
        )

    @classmethod
    def unclear_address(cls, profile: str) -> EngineError:
        """Report an address in which an @ could mean two things, without showing it."""
        where = f"The address of the profile {profile!r}" if profile else "The address"
        return cls(
            f"{where} holds an @ after a question mark, so that its host is unclear. Write an @ "
            "of a password or an option as %40, and a question mark of a password as %3F."
        )

    @classmethod
    def no_address(cls, profile: str, *, where: str) -> EngineError:
        """Report a profile that is not an address, without showing it: it may be a secret."""
        return cls(
            f"The profile {profile!r} in {where} is not an address such as "
            "postgresql://user:password@host:5432/database?schema=name. Correct it there."
        )

    @classmethod
    def no_profiles(cls, where: str, *, problem: str) -> EngineError:
        """Report an unreadable file of profiles, without quoting it: it may hold secrets."""
        return cls(
            f"{where} must say name: address on each line, as YAML; {problem}. Correct it there."
        )

    @classmethod
    def password(cls, where: str) -> EngineError:
        """Report an address with a password that would be written into a report."""
        return cls(
            f"--data {where} was given with a password, which would be written into the "
            "notebooks of the report. Put the address into the environment and name it: "
            "REVKIT_WAREHOUSE=<the address> revkit report --data warehouse"
        )
