"""Tickets, defects and the contact form: correspondence with support, which belongs to its subject."""
