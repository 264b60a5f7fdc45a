def segundo_mejor(saltos):
    mejor = 0
    segundo = 0
    for salto in saltos:
        if salto > mejor:
            segundo = mejor
            mejor = salto
        elif salto < mejor and salto > segundo:
            segundo = salto
    return segundo
