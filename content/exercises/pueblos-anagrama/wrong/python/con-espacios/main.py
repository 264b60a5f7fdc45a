def agrupar(pueblos):
    grupos = {}
    for pueblo in pueblos:
        letras = pueblo.lower()
        for con, sin in [("á", "a"), ("é", "e"), ("í", "i"), ("ó", "o"), ("ú", "u"), ("ü", "u")]:
            letras = letras.replace(con, sin)
        letras = "".join(sorted(letras))
        grupos.setdefault(letras, []).append(pueblo)
    return [grupo for grupo in grupos.values() if len(grupo) > 1]
