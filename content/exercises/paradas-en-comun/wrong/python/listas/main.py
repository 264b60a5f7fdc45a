def en_comun(linea_a, linea_b):
    comunes = []
    for parada in linea_a:
        if parada in linea_b:
            comunes.append(parada)
    return comunes


def solo_en_una(linea_a, linea_b):
    solas = []
    for parada in linea_a:
        if parada not in linea_b:
            solas.append(parada)
    for parada in linea_b:
        if parada not in linea_a:
            solas.append(parada)
    return solas


def alcanzables(parada, linea_a, linea_b):
    if parada not in linea_a and parada not in linea_b:
        return []
    if en_comun(linea_a, linea_b):
        todas = list(linea_a) + solo_en_una(linea_a, linea_b)
    elif parada in linea_a:
        todas = list(linea_a)
    else:
        todas = list(linea_b)
    todas.remove(parada)
    return todas
