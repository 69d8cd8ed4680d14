import segno
from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

from guide.figures import drawing

register = template.Library()


@register.simple_tag
def figure(name, sentence=""):
    """Draw a figure; with a sentence it is a picture, without one it is decoration."""
    svg = drawing("figures", name or "")
    if sentence:
        role = f'role="img" aria-label="{escape(sentence)}"'
        svg = svg.replace('aria-hidden="true"', role, 1)
    return mark_safe(svg)  # our own file; the sentence is escaped


@register.simple_tag
def icon(name):
    return mark_safe(drawing("icons", name or ""))  # our own file


@register.simple_tag
def qr(address, sentence):
    """Draw an address for cameras: dark on white in every theme, its margin with it."""
    code = segno.make_qr(address)
    svg = code.svg_inline(svgclass="qr", lineclass=None, light="#fff", omitsize=True)
    role = format_html('<svg role="img" aria-label="{}"', sentence)
    return mark_safe(svg.replace("<svg", role, 1))  # made here; the sentence is escaped
