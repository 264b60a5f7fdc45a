def agrupar(pueblos):
    grupos = {}
    for pueblo in pueblos:
        letras = "".join(sorted(pueblo.lower().replace(" ", "")))
        grupos.setdefault(letras, []).append(pueblo)
    return [grupo for grupo in grupos.values() if len(grupo) > 1]
