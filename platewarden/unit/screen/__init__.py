"""The car's own screen: pages served by the unit on 127.0.0.1 and nowhere else, for the members signed on to it.

HTML made here, one style sheet, one script, all our own; nothing is asked of any other address. A page without a session
that was bound to this very sign-on shows no plate. No plate stands in an address, a title or a log.

Must never: show plate data before the journal has the line, act under a name that did not sign on, or answer another host.

Keeps: ACCESS_DOCUMENTED, VERIFY_BEFORE_ENFORCEMENT, SAFEGUARDED.
"""
