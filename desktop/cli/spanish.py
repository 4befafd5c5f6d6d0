"""The words of `argparse` in Spanish: usage, headings and errors, for every word of the command line."""

import argparse

from desktop.core.i18n import N_, tr

MESSAGES: dict[str, str] = {
    "usage: ": N_("uso: "),
    "positional arguments": N_("argumentos"),
    "options": N_("opciones"),
    "show this help message and exit": N_("mostrar esta ayuda y terminar"),
    "%(prog)s: error: %(message)s\n": N_("%(prog)s: %(message)s\n"),
    "argument %(argument_name)s: %(message)s": N_("%(argument_name)s: %(message)s"),
    "unrecognized arguments: %s": N_("no se reconoce: %s"),
    "ambiguous option: %(option)s could match %(matches)s": N_(
        "la opción %(option)s es ambigua; puede ser %(matches)s"
    ),
    "invalid choice: %(value)r (choose from %(choices)s)": N_(
        "%(value)r no es una de las posibilidades: %(choices)s"
    ),
    "invalid %(type)s value: %(value)r": N_("%(value)r no es un valor válido"),
    "expected one argument": N_("falta el valor"),
    "expected at most one argument": N_("se espera un valor como máximo"),
    "expected at least one argument": N_("se espera al menos un valor"),
    "the following arguments are required: %s": N_("falta: %s"),
    "one of the arguments %s is required": N_("falta uno de estos: %s"),
    "not allowed with argument %s": N_("no se puede usar junto con %s"),
    "unexpected option string: %s": N_("opción inesperada: %s"),
    "ignored explicit argument %r": N_("no lleva un valor, y se dio %r"),
    "can't open '%(filename)s': %(error)s": N_("no se puede abrir «%(filename)s»: %(error)s"),
    "subcommands": N_("órdenes"),
    "unknown parser %(parser_name)r (choices: %(choices)s)": N_(
        "%(parser_name)r no es una de las órdenes: %(choices)s"
    ),
    'argument "-" with mode %r': N_("«-» no se puede usar con el modo %r"),
}
"""What `argparse` says to the person; its other texts are for whoever writes the program."""
_COUNTED = {
    "expected %s argument": (N_("se espera %s valor"), N_("se esperan %s valores")),
    "conflicting option string: %s": (N_("opción repetida: %s"), N_("opciones repetidas: %s")),
}


def speak_spanish() -> None:
    """Give `argparse` these words.

    WORKAROUND: it asks gettext for compiled catalogues in the language of the system's environment; these words are
    Spanish wherever the program runs.
    """
    vars(argparse).update(_=_say, ngettext=_say_count)


def _say(text: str) -> str:
    found = MESSAGES.get(text)
    return text if found is None else tr(found)


def _say_count(one: str, many: str, count: int) -> str:
    words = _COUNTED.get(one, (one, many))
    return tr(words[0] if count == 1 else words[1])
