"""Plain HTTP of campaigns: the one-click unsubscribe, and what events and files need."""
