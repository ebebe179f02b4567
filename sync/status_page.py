"""What does the person who looks after the installation see of its workers, their queue and the companies?"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from books.json_types import Json
from sync.jobs.status import CompanyStatus, Condition, JobsOf, read_status
from sync.metered_requests import FREE_READS

_TASKS = {
    "sync": gettext_lazy("Sync"),
    "resync": gettext_lazy("Re-sync"),
    "import": gettext_lazy("Import"),
    "load-lists": gettext_lazy("First reading of the lists"),
}
#: In words, and the tone of its badge.
_CONDITIONS = {
    Condition.FAILING: (gettext_lazy("Cannot be served"), "bad"),
    Condition.RESTING: (gettext_lazy("Left alone for a while"), "wait"),
    Condition.AT_WORK: (gettext_lazy("At work"), "note"),
    Condition.WAITING: (gettext_lazy("Waiting"), "wait"),
    Condition.UP_TO_DATE: (gettext_lazy("Up to date"), "good"),
}


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """How the installation is doing.

    Raises:
        Http404: The person does not run the installation: it shows every company.
    """
    if not getattr(request.user, "is_superuser", False):
        raise Http404
    read = read_status()
    context = {
        "title": _("Status"),
        "status": read,
        "share": f"{read.requests.share:.1%}",
        "free": FREE_READS,
        "alive": sum(worker.alive for worker in read.workers or ()),
        "queue": [_jobs(jobs) for jobs in read.queue],
        "companies": [_company(company) for company in read.companies],
    }
    return render(request, "sync/status.html", context)


def _jobs(jobs: JobsOf) -> Json:
    return {"title": _TASKS.get(jobs.task, jobs.task), "jobs": jobs}


def _company(company: CompanyStatus) -> Json:
    words, tone = _CONDITIONS[company.condition]
    home = reverse(settings.OPS_SCREENS["home"], args=[company.slug])
    return {"company": company, "home": home, "words": words, "tone": tone}
