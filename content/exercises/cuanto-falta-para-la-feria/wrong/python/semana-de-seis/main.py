DIAS = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]


def numero(dia):
    return DIAS.index(dia)


def faltan(hoy, dia):
    return (numero(dia) - numero(hoy)) % 6


def proxima(hoy, uno, otro):
    return min(faltan(hoy, uno), faltan(hoy, otro))
