def puede_regar(casa, dia, humedad):
    turno = casa % 2 == dia % 2
    return dia != 31 and (humedad < 10 or turno or humedad < 40)
