"""What shops and dealerships tell of their pay, labor rates and benefits: versioned and withdrawable."""
