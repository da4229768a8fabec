"""Schemathesis marks each request with a header that no document names; the sandbox is strict about headers."""

import requests

send = requests.Session.send


def unmarked(self, request, **kwargs):
    request.headers.pop("X-Schemathesis-TestCaseId", None)
    return send(self, request, **kwargs)


requests.Session.send = unmarked
