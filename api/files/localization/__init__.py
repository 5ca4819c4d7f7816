"""What programs keep their texts in: catalogues, JSON, XLIFF."""
