def en_comun(linea_a, linea_b):
    return linea_a & linea_b


def solo_en_una(linea_a, linea_b):
    return linea_a ^ linea_b


def alcanzables(parada, linea_a, linea_b):
    if parada not in linea_a:
        return set()
    if linea_a & linea_b:
        return (linea_a | linea_b) - {parada}
    return linea_a - {parada}
