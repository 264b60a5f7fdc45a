def segundo_mejor(saltos):
    mejor = segundo = float("-inf")
    for salto in saltos:
        if salto > mejor:
            mejor, segundo = salto, mejor
        elif mejor > salto > segundo:
            segundo = salto
    if segundo == float("-inf"):
        return None
    return segundo
