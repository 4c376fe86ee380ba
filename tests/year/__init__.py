"""A year of two hundred accounts, random by seed, with everything going wrong that goes wrong in a year."""
