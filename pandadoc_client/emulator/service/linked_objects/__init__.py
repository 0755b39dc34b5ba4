"""Documents linked to objects of a CRM."""
