"""Template files, the wording of a notice, and the mail relay."""
