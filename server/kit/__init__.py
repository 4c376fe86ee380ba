"""What every slice stands on: databases, units of work, ids, money, time, keys, events. Knows no domain word."""
