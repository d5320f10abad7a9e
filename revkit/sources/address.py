"""Addresses of databases: parsed URLs that are never shown with their password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode

from revkit.errors import EngineError

# Up to the last @: a password may hold an @ or a slash that should have been encoded.
_ADDRESS = re.compile(
    r"(?P<kind>[a-z][a-z0-9+.-]*)://(?:(?P<who>.*)@)?(?P<where>[^@]*)", re.I | re.S
)
# An @ after a ?: the password of a user, or a secret of an option? Neither may be shown.
_UNCLEAR = re.compile(r"[^@]*\?[^@]*=.*@", re.S)
# Names of options that hold secrets: sslpassword, access_token, api-key, X-Amz-Signature.
_SECRET = re.compile(r"pass|pwd|secret|token|key|credential|auth|signature|sig$|jwt|sas$", re.I)


@dataclass(frozen=True, repr=False)
class Address:
    """Address of a database.

    Parameters
    ----------
    url
        ``kind://user:password@host:port/database?option=value``.
    profile
        The name of the profile it came from; only this name is then shown.

    Raises
    ------
    EngineError
        When an @ may belong to a password or to a secret among the options.

    Examples
    --------
    >>> Address("postgres://ann:s3cret@db.example/crm?schema=sales")
    postgres://ann@db.example/crm
    """

    url: str
    profile: str = ""

    def __post_init__(self) -> None:
        if _UNCLEAR.match(self.url):
            raise EngineError.unclear_address(self.profile)

    @property
    def kind(self) -> str:
        """The scheme before ``://``, in lower case."""
        return self._part("kind").lower()

    @property
    def user(self) -> str:
        """The user, as written in the address."""
        return self._part("who").partition(":")[0]

    @property
    def password(self) -> str | None:
        """The password, unquoted; None without one."""
        inside = unquote(self._part("who").partition(":")[2])
        return inside or self.options.get("password")

    @property
    def secrets(self) -> dict[str, str]:
        """The options whose names say that they are secret."""
        return {name: value for name, value in self.options.items() if _SECRET.search(name)}

    @property
    def place(self) -> str:
        """The host, port and database, without user and options."""
        return self._part("where").partition("?")[0]

    @property
    def options(self) -> dict[str, str]:
        """The options after the question mark."""
        return dict(parse_qsl(self._part("where").partition("?")[2]))

    @property
    def title(self) -> str:
        """A short name for readers: the profile, else the database, the schema or the host."""
        host, _, database = self.place.partition("/")
        named = database.rpartition("/")[2].removesuffix(".duckdb")
        return self.profile or named or self.options.get("schema") or host

    def plain(self, *without: str) -> str:
        """Return the address without its password, secrets and the given options."""
        left_out = {*without, *self.secrets}
        rest = {name: value for name, value in self.options.items() if name not in left_out}
        user = f"{self.user}@" if self.user else ""
        return f"{self.kind}://{user}{self.place}" + (f"?{urlencode(rest)}" if rest else "")

    def without_secrets(self, text: str) -> str:
        """Return a text, such as a driver's message, with the address's secrets replaced by ***."""
        written = self._part("who").partition(":")[2]
        options = self._part("where").partition("?")[2]
        pairs = (pair.partition("=") for pair in options.split("&"))
        quoted = {value for name, _, value in pairs if _SECRET.search(name)}
        secrets = {self.password, written, *self.secrets.values(), *quoted}
        for secret in sorted(filter(None, secrets), key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def _part(self, name: str) -> str:
        """Return a part of the URL: ``kind``, ``who`` or ``where``; empty when it has none."""
        parts = _ADDRESS.fullmatch(self.url)
        return (parts[name] or "") if parts is not None else ""

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        # some drivers take options, and so secrets, after a semicolon
        return self.profile or f"{self.kind}://{user}{self.place.partition(';')[0]}"

    __repr__ = __str__
