"""Small reusable pieces that pages are made of."""
