"""Files of many formats: which of their text is translated, and how they are written again. Knows no HTTP."""
