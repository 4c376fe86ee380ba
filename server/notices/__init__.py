"""What the server tells its customers, in the application and by e-mail, each in their language."""
