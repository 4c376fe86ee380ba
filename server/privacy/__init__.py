"""What people ask about their data: here, the recipients of campaigns, whose requests go to the customer."""
