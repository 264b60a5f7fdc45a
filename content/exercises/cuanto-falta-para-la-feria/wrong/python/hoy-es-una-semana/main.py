DIAS = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]


def numero(dia):
    return DIAS.index(dia)


def faltan(hoy, dia):
    diferencia = numero(dia) - numero(hoy)
    if diferencia <= 0:
        diferencia = diferencia + 7
    return diferencia


def proxima(hoy, uno, otro):
    return min(faltan(hoy, uno), faltan(hoy, otro))
