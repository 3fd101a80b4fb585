"""The doctor: checks the set-up against the three remotes and says what to do; it writes in none of them."""

from ledgerloop.operate.doctor.examine import examine
from ledgerloop.operate.doctor.findings import Finding, Severity, broken, exit_status, of_database

__all__ = ["Finding", "Severity", "broken", "examine", "exit_status", "of_database"]
