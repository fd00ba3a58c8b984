from __future__ import annotations

from collections.abc import Sequence

from jackfield_local.engine.effects import Effect, Think

from .fault import Counted, Deed, Fail


class FailedResponse(Counted):
    """A response that ends as `failed`, with nothing in it."""

    code: str = "server_error"
    message: str = "The server had an error while processing your request."

    def told(self, effect: Effect) -> Sequence[Deed]:
        if isinstance(effect, Think) and self.strikes():
            return [Fail(effect.response_id, self.code, self.message)]
        return [effect]


class RateLimited(FailedResponse):
    """A response that ends as `failed`, for there are too many of them."""

    code: str = "inference_rate_limit_exceeded"
    message: str = "Rate limit reached for this model; try again later."
