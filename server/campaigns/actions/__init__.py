"""The verbs of campaigns: drafts, recipients, launching, sending, suppression."""
