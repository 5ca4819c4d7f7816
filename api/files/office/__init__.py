"""Files of Microsoft Office: Office Open XML (ISO/IEC 29500)."""
