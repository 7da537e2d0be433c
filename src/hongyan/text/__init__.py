"""Pure functions on texts and numbers: alphabets, parts, phone numbers, placeholders, signatures, keywords."""
