def numero(dia):
    if dia == "lunes":
        return 0
    if dia == "martes":
        return 1
    if dia == "miércoles":
        return 2
    if dia == "jueves":
        return 3
    if dia == "viernes":
        return 4
    if dia == "sábado":
        return 5
    return 6


def faltan(hoy, dia):
    diferencia = numero(dia) - numero(hoy)
    if diferencia < 0:
        diferencia = diferencia + 7
    return diferencia


def proxima(hoy, uno, otro):
    primera = faltan(hoy, uno)
    segunda = faltan(hoy, otro)
    if primera < segunda:
        return primera
    return segunda
