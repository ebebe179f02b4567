"""The sync app's models, by their rooms."""

from __future__ import annotations

from sync.models.batches import (
    BatchKind,
    BatchState,
    ExportBatch,
    ExportedDocument,
    ExportedState,
    ExportPart,
    Immutable,
)
from sync.models.connections import QUICKBOOKS_ONLINE, Connection, ConnectionState
from sync.models.customer_names import CustomerName, names_with, remember_names
from sync.models.documents import (
    FOLLOWS_DECISIONS,
    SENT_STATES,
    STUCK_STATES,
    UNSENT_STATES,
    Document,
    DocumentBody,
    DocumentChange,
    DocumentProblem,
    DocumentState,
    PendingChange,
)
from sync.models.item_writes import ItemOperation, ItemWrite
from sync.models.lists import DoubtedList
from sync.models.orders import OrderEvent, OrderVersion, StagedOrder
from sync.models.pushes import Operation, Push, PushExchange, PushState
from sync.models.request_counts import CountedKind, RequestCount, count_requests
from sync.models.request_rows import RequestRow
from sync.models.runs import CompanyLease, ResyncItem, Run, RunKind, RunState
from sync.models.schedules import CompanySchedule
from sync.models.touched_causes import TouchedCause, touch_everything, touch_names
from sync.models.waiting_files import WaitingFile

__all__ = [
    "FOLLOWS_DECISIONS",
    "QUICKBOOKS_ONLINE",
    "SENT_STATES",
    "STUCK_STATES",
    "UNSENT_STATES",
    "BatchKind",
    "BatchState",
    "CompanyLease",
    "CompanySchedule",
    "Connection",
    "ConnectionState",
    "CountedKind",
    "CustomerName",
    "Document",
    "DocumentBody",
    "DocumentChange",
    "DocumentProblem",
    "DocumentState",
    "DoubtedList",
    "ExportBatch",
    "ExportPart",
    "ExportedDocument",
    "ExportedState",
    "Immutable",
    "ItemOperation",
    "ItemWrite",
    "Operation",
    "OrderEvent",
    "OrderVersion",
    "PendingChange",
    "Push",
    "PushExchange",
    "PushState",
    "RequestCount",
    "RequestRow",
    "ResyncItem",
    "Run",
    "RunKind",
    "RunState",
    "StagedOrder",
    "TouchedCause",
    "WaitingFile",
    "count_requests",
    "names_with",
    "remember_names",
    "touch_everything",
    "touch_names",
]
