"""A login that is kept: the tokens, and what it takes to renew them. Decisions only."""

from __future__ import annotations

from mcp.shared.auth import OAuthClientInformationFull, OAuthToken
from pydantic import BaseModel, Field

from jackfield.mcp.auth.scopes import union

MARGIN = 60.0
"""Seconds before its end at which a token is renewed."""

SHARE = 0.1
"""Of a token's life, for one that does not live much longer than that."""


class Login(BaseModel):
    """One at one server. Holds secrets: never print it."""

    server: str
    tokens: OAuthToken = Field(repr=False)
    got_at: float
    """When, in seconds since the epoch."""

    client: OAuthClientInformationFull = Field(repr=False)
    token_endpoint: str
    resource: str | None = None
    """What the tokens are for (RFC 8707)."""

    lacks: str = ""
    """Scopes for want of which the server refused something, with blanks between."""

    @property
    def wider(self) -> str:
        """The scopes of a login that would do: those of this one, and those that it lacks; or ""."""
        return union(self.tokens.scope, self.lacks) if self.lacks else ""

    def lacking(self, scopes: str) -> Login:
        """With these noted."""
        return self.model_copy(update={"lacks": union(self.lacks, scopes)})

    def is_fresh(self, now: float) -> bool:
        """Whether the token will be good for a while; one that does not say is taken to be."""
        life = self.tokens.expires_in
        return life is None or now < self.got_at + life - min(MARGIN, life * SHARE)

    def renewal(self) -> dict[str, str] | None:
        """The fields of a request for other tokens (RFC 6749, 6), or None where there is no refresh token."""
        if not self.tokens.refresh_token:
            return None
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": self.tokens.refresh_token,
            "client_id": self.client.client_id,
        }
        return {**fields, "resource": self.resource} if self.resource else fields

    def renewed(self, tokens: OAuthToken, now: float) -> Login:
        """With the tokens of such a request; what it leaves out stays as it was."""
        kept = {
            "refresh_token": tokens.refresh_token or self.tokens.refresh_token,
            "scope": tokens.scope or self.tokens.scope,
        }
        return self.model_copy(update={"tokens": tokens.model_copy(update=kept), "got_at": now})
