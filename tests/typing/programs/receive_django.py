"""Receive webhooks with Django; the settings stand here, since it is all in one file."""

from __future__ import annotations

import os

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from pandadoc_client import webhooks

handled: list[str] = []


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    signature = request.GET.get("signature")
    try:
        delivery = webhooks.parse(request.body, signature, os.environ["PANDADOC_WEBHOOK_KEY"], headers=request.headers)
    except webhooks.WebhookError as refusal:
        return HttpResponse(str(refusal), status=refusal.answer)
    handled.extend(event.document_id for event in delivery if event.document_id)
    return HttpResponse(status=204)


urlpatterns = [path("pandadoc/webhook", receive)]


def set_up() -> None:
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="made up")
    django.setup()
