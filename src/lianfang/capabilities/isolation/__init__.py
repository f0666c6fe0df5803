"""Doors of people isolated at home: sensors fitted with consent, openings that are expected, and those that are not."""
