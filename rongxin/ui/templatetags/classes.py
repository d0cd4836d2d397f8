"""Drawings of classes that templates write; apart from the others, because cards are made of those."""

from django import template

from rongxin.ui import class_drawing, class_hits_drawing

register = template.Library()
register.simple_tag(class_drawing.class_bar)
register.simple_tag(class_drawing.class_pairs)
register.simple_tag(class_drawing.factor_bars)
register.simple_tag(class_drawing.course_steps)
register.simple_tag(class_hits_drawing.rate_dots)
