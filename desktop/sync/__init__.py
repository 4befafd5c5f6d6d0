"""The exchange of signed changes: municipal server, neighbours on the LAN, sticks. What is exchanged is in `wire/`.

Nothing is exchanged yet. The journal has carried scopes, heads and signatures from the first record on, so that this
package only has to move what lies in `desktop/store/journal.py`.
"""
