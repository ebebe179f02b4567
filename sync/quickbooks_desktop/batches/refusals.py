"""Why is no file made for QuickBooks Desktop? Each reason with what a person does about it."""

from __future__ import annotations

from books.messages import Message
from books.translation import gettext_noop

NOT_ACTIVE = Message(
    sentence=gettext_noop("The integration is not active for this company."),
    cure=gettext_noop("Ask for it under Setup; an administrator approves it."),
)
NOT_LIVE = Message(
    sentence=gettext_noop("The company has not gone live."),
    cure=gettext_noop("Finish its Setup; until then it can make test files."),
)
NO_BACKUP = Message(
    sentence=gettext_noop("No one has confirmed that the QuickBooks data is backed up. An import cannot be undone."),
    cure=gettext_noop("In QuickBooks choose File > Back Up Company, then confirm the backup here."),
)
REHEARSE_FIRST = Message(
    sentence=gettext_noop("No test file was made for this company yet."),
    cure=gettext_noop("Make one, import it into a copy of the company file and look at it; then export."),
)
ONLY_REHEARSALS = Message(
    sentence=gettext_noop("This is a test company, so it makes test files only."),
    cure=gettext_noop("Make a test file, or go on in the company that it is the test company of."),
)
NO_REASON = Message(
    sentence=gettext_noop("Exporting again or undoing needs a reason, for the person who reads the history later."),
    cure=gettext_noop("Write one sentence."),
)
NOTHING = Message(
    sentence=gettext_noop("There is nothing to export: no document of this period is ready."),
    cure=gettext_noop("Home says what is blocked; documents that were exported are in the list of files."),
)
NOT_IMPORTED = Message(
    sentence=gettext_noop("Only a file that was imported can be undone."),
    cure=gettext_noop("Acknowledge it first; a file that was never imported is withdrawn instead."),
)
REVERSED = Message(
    sentence=gettext_noop("This file is undone already, or cannot be."),
    cure=gettext_noop("Its page names the file that undoes it."),
)
ALL_CLOSED = gettext_noop(
    "Everything that is left of this file is in a period that is closed through %(day)s, or belongs together with what "
    "is. Say that it is undone on the first open day, or open the period."
)
OTHER_PLAN = Message(
    sentence=gettext_noop("The closing date has changed since this plan was shown, so no file was made."),
    cure=gettext_noop("Look at the plan again."),
)
LEFT_CLOSED = gettext_noop("The books are closed through %(day)s.")
LEFT_TOGETHER = gettext_noop(
    "It belongs together with %(document)s, which is in a period that is closed through %(day)s."
)
ALL_LEFT_OUT = gettext_noop("None of the %(number)d documents can be written into a file. The first: %(reason)s")
NOT_OURS = gettext_noop("The file did not pass our own check and was thrown away; nothing was exported. %(faults)s")
_NO_TALLY = gettext_noop(
    "The file moves amounts other than its documents do, so it was thrown away; nothing was exported."
)
TELL_US = gettext_noop("This is a defect in Tieout. See its log for details.")
