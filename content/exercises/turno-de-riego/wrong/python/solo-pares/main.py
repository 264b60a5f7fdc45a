def puede_regar(casa, dia, humedad):
    turno = casa % 2 == 0 and dia % 2 == 0
    return dia != 31 and (humedad < 10 or turno and humedad < 40)
