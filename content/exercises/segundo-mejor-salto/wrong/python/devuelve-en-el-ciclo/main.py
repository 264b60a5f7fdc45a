def segundo_mejor(saltos):
    mejor = None
    segundo = None
    for salto in saltos:
        if mejor is None or salto > mejor:
            segundo = mejor
            mejor = salto
        elif salto < mejor and (segundo is None or salto > segundo):
            segundo = salto
        return segundo
