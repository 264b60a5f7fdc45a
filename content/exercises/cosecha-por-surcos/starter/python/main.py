def totales(cosecha):
    pass
