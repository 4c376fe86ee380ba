"""Where campaigns are spoken of over plain HTTP."""
