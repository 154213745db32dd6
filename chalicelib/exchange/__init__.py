"""The Industry Data Exchange: what shops pay, charge and offer, published without disclosing anybody.

The way of a night: ``jobs`` -> ``service.publish_night`` -> ``index`` (contributions in force) -> ``compute``
(cells) -> ``release`` (files) -> ``store`` (objects, then the pointer). The way of a look-up: ``routes`` ->
``service.look_up`` -> ``store`` (pointer, one document) -> ``lookup`` (the most specific cell).
"""
