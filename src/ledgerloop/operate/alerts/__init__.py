"""Alerts: what needs a person is told to people, once, by the channels of `[alerts]`.

`rules` say which causes stand now, `books_rule` what the books leave; `watch` takes turns, decides what is told to
whom, and sends it; `compose` puts it into words; `channels` knows the ways; `overview` is what people look at.
"""
