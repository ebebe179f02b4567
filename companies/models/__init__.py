"""The companies app's models."""

from __future__ import annotations

from companies.models.activation import Activation, ActivationState, DisclaimerAcceptance, SetupMark
from companies.models.company import Company, CompanyKind, Membership, NewItemType, Role, take_turns
from companies.models.people import PersonLanguage

__all__ = [
    "Activation",
    "ActivationState",
    "Company",
    "CompanyKind",
    "DisclaimerAcceptance",
    "Membership",
    "NewItemType",
    "PersonLanguage",
    "Role",
    "SetupMark",
    "take_turns",
]
