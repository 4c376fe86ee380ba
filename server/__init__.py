"""Postmeter: the back office of a prepaid e-mail and SMS sending service, as one typed GraphQL API."""
