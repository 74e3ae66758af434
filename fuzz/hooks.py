"""What Schemathesis has to be told in Python: who calls, and which refusals no schema tells."""

import itertools
import os

import requests
import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

SECONDS_OF_A_TOKEN = 10 * 60
URL = os.environ["FUZZ_URL"]
EMAIL = os.environ.get("FUZZ_EMAIL")
NUMBERS = itertools.count()

# A value of the right shape may be refused for what it says: a cursor of another list, two fields that exclude each other,
# a link or a version that is too old.
REFUSED_FOR_WHAT_IT_SAYS = {
    "validation-failed",
    "invalid-cursor",
    "use-cursor",
    "invalid-link",
    "batch-refused",
    "events-gone",
    "stale",
    "password-too-long",
}
# It may not be refused for its shape, which the document tells.
SHAPE = {
    "wrong-type",
    "unknown-field",
    "unknown-parameter",
    "duplicate-field",
    "duplicate-parameter",
    "too-many",
    "too-long",
}


def is_of_shape(error, operation):
    """Whether the document should have told what is wrong."""
    place = error["pointer"] or error["parameter"]
    # Custom fields are made while the server runs, by whose names records have values, and views have columns.
    if "/custom/" in place or place.startswith("#/columns/"):
        return False
    # The same in queries: OpenAPI 3.0 cannot say that the names of parameters begin with `custom.`.
    if error["code"] in {"unknown-parameter", "duplicate-parameter"}:
        return all(parameter.name != "custom" for parameter in operation.query)
    # How many days figures are of, from this one on.
    if (error["code"], place) == ("too-long", "from"):
        return False
    return error["code"] in SHAPE


def from_elsewhere():
    """An address for one request: guesses of passwords that come from one are slowed."""
    number = next(NUMBERS)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@schemathesis.hook
def before_call(context, case, kwargs):
    # Not all: what is open on this machine only, /metrics, should be.
    if case.path.startswith("/api/auth/"):
        case.headers["X-Forwarded-For"] = from_elsewhere()
    # A key that was used for another request is refused, and generated ones repeat.
    if 1 <= len(case.headers.get("Idempotency-Key", "")) <= 255:
        case.headers["Idempotency-Key"] = f"key-{next(NUMBERS)}"
    # A text is hardly ever the entity tag of a record.
    if len(case.headers.get("If-Match", "")) in range(1, 21):
        case.headers["If-Match"] = "*"


@schemathesis.hook
def filter_failure(context, failure, case, response):
    # A longer URI than is read as HTTP has a bare answer: docs/api-design.md.
    if response.status_code == 414 and not response.content:
        return False
    if not isinstance(failure, RejectedPositiveData):
        return True
    problem = response.json()
    if problem["code"] not in REFUSED_FOR_WHAT_IT_SAYS:
        return True
    return any(is_of_shape(error, case.operation) for error in problem["errors"])


@schemathesis.deserializer("text/csv", "application/x-ndjson")
def as_text(context, response):
    return response.content.decode()


if EMAIL:

    @schemathesis.auth(refresh_interval=SECONDS_OF_A_TOKEN)
    class SignedIn:
        """It is asked again when its session was ended: operations that end sessions need no user of their own."""

        def __init__(self):
            # It keeps the cookie of the device, whose holder is not slowed by passwords that others guess.
            self.device = requests.Session()

        def get(self, case, context):
            answer = self.device.post(
                f"{URL}/api/auth/login",
                json={"emailId": EMAIL, "password": os.environ["FUZZ_PASSWORD"]},
                headers={"X-Forwarded-For": from_elsewhere()},
                timeout=10,
            )
            answer.raise_for_status()
            return answer.json()["token"]

        def set(self, case, data, context):
            case.headers["Authorization"] = f"Bearer {data}"
